import theme from "./theme.css";
export const styles: string = theme;
